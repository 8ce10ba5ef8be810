# Your organisation's rules (docs/organisation-rules.md): each is null for none.
locals {
  organisation = merge({
    EnvironmentKmsKeyArn   = var.environment_kms_key_arn
    HttpsProxy             = var.https_proxy
    NoProxy                = var.no_proxy
    PermissionsBoundaryArn = var.permissions_boundary_arn
    QueueKmsKeyArn         = var.queue_kms_key_arn
    TableKmsKeyArn         = var.table_kms_key_arn
    Tracing                = var.tracing
    VpcSecurityGroupIds    = var.vpc_security_group_ids == null ? null : join(",", var.vpc_security_group_ids)
    VpcSubnetIds           = var.vpc_subnet_ids == null ? null : join(",", var.vpc_subnet_ids)
  }, { for name, number in var.reserved_concurrency : "${name}Concurrency" => number })

  for_the_check = ["LogKmsKeyArn", "PermissionsBoundaryArn", "VpcSecurityGroupIds", "VpcSubnetIds"]
}

variable "permissions_boundary_arn" {
  description = "The permissions boundary of every role; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "The ARN of a managed policy."
  }
}

variable "vpc_subnet_ids" {
  description = "The subnets that the functions run in, of two zones or more; null for no VPC. vpc_security_group_ids with it."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for id in coalesce(var.vpc_subnet_ids, []) : can(regex("^subnet-[0-9a-f]{8,17}$", id))])
    error_message = "The IDs of subnets, like subnet-0a1b2c3d."
  }
}

variable "vpc_security_group_ids" {
  description = "The security groups of the functions, where they run in subnets of yours."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for id in coalesce(var.vpc_security_group_ids, []) : can(regex("^sg-[0-9a-f]{8,17}$", id))])
    error_message = "The IDs of security groups, like sg-0a1b2c3d."
  }
}

variable "https_proxy" {
  description = "The proxy through which Slack is reached, like http://proxy.example.com:3128; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.https_proxy == null || can(regex("^https?://[^\\s,]+$", var.https_proxy))
    error_message = "The address of a proxy."
  }
}

variable "no_proxy" {
  description = "What is reached without the proxy, in the form of NO_PROXY; null for AWS's own host names."
  type        = string
  default     = null
}

variable "queue_kms_key_arn" {
  description = "The KMS key of the queues; its policy must let S3, SNS and EventBridge use it; null for one of SQS's own."
  type        = string
  default     = null

  validation {
    condition     = var.queue_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.queue_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "table_kms_key_arn" {
  description = "The KMS key of the lock book's table; null for DynamoDB's own."
  type        = string
  default     = null

  validation {
    condition     = var.table_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.table_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "environment_kms_key_arn" {
  description = "The KMS key of the functions' environment variables, which hold no secret; null for Lambda's own."
  type        = string
  default     = null

  validation {
    condition     = var.environment_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.environment_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "reserved_concurrency" {
  description = "How many runs at once are reserved for a function, by its name: { ReleaseLock = 5, APIHandler = 10 }."
  type        = map(number)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for number in values(var.reserved_concurrency) : number >= 1 && floor(number) == number])
    error_message = "Whole numbers from 1 on: 0 would stop the function without a word."
  }
}

variable "tracing" {
  description = "Active has X-Ray trace a part of the runs and requests; null or PassThrough for none."
  type        = string
  default     = null

  validation {
    condition     = var.tracing == null || contains(["Active", "PassThrough"], coalesce(var.tracing, "PassThrough"))
    error_message = "Active or PassThrough."
  }
}
