variable "config" {
  description = "The content of reaper.toml: file(\"reaper.toml\")."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("=", var.config))
    error_message = "The content of a reaper.toml, not its path: file(\"reaper.toml\")."
  }
}

variable "stage" {
  description = "Which installation this is (prod, test); part of the names of the stack, its queues and its log group."
  type        = string
  default     = "prod"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.stage))
    error_message = "A name for this installation: at most 20 of a-z, 0-9 and -, a letter first."
  }
}

variable "artifacts_bucket" {
  description = "An S3 bucket of yours, in the stack's region, for the code, the template and the rules layer; null makes one. Where Terraform makes the bucket too, give a name that is known at plan time (its bucket, not its id)."
  type        = string
  default     = null

  validation {
    condition     = var.artifacts_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.artifacts_bucket))
    error_message = "The name of a bucket, without s3:// and without a path."
  }
}

variable "artifacts" {
  description = "The folder with the files of the release; null for the one in the module."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stacks, which CloudFormation gives to their resources, and of the bucket."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "cloudformation_role_arn" {
  description = "The role by which CloudFormation makes the stacks; null for whoever runs Terraform."
  type        = string
  default     = null
}

variable "parameters" {
  description = "Any other parameter of the template by its name there, each as a text. These win over the variables below."
  type        = map(string)
  default     = {}
  nullable    = false
}

# --- Slack. The secrets themselves are never in a variable: they would be in Terraform's state.

variable "slack_bot_token_parameter" {
  description = "The name of the SSM SecureString parameter with the bot token; null for /tflock-reaper/STAGE/slack-bot-token."
  type        = string
  default     = null

  validation {
    condition     = var.slack_bot_token_parameter == null || can(regex("^/[A-Za-z0-9_./-]+$", var.slack_bot_token_parameter))
    error_message = "The name of an SSM parameter, which begins with a slash; never the token itself."
  }
}

variable "slack_signing_secret_parameter" {
  description = "The name of the SSM SecureString parameter with the signing secret; null for /tflock-reaper/STAGE/slack-signing-secret."
  type        = string
  default     = null

  validation {
    condition     = var.slack_signing_secret_parameter == null || can(regex("^/[A-Za-z0-9_./-]+$", var.slack_signing_secret_parameter))
    error_message = "The name of an SSM parameter, which begins with a slash; never the secret itself."
  }
}

# --- The organisation's rules.

variable "permissions_boundary_arn" {
  description = "The managed policy that bounds every role; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "The ARN of a managed policy."
  }
}

variable "vpc_subnet_ids" {
  description = "Subnets that the functions run in, of two zones or more; null for no VPC."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for one in coalesce(var.vpc_subnet_ids, []) : can(regex("^subnet-[0-9a-f]{8,17}$", one))])
    error_message = "IDs of subnets, like subnet-0123456789abcdef0."
  }
}

variable "vpc_security_group_ids" {
  description = "Security groups of the functions, where they run in subnets of yours."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for one in coalesce(var.vpc_security_group_ids, []) : can(regex("^sg-[0-9a-f]{8,17}$", one))])
    error_message = "IDs of security groups, like sg-0123456789abcdef0."
  }
}

variable "https_proxy" {
  description = "The proxy through which Slack is reached, like http://proxy.example.com:3128; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.https_proxy == null || can(regex("^https?://[^\\s,]+$", var.https_proxy))
    error_message = "The URL of a proxy, like http://proxy.example.com:3128."
  }
}

variable "no_proxy" {
  description = "What is reached without the proxy, in the form of NO_PROXY; null for AWS's own host names."
  type        = string
  default     = null
}

variable "log_kms_key_arn" {
  description = "The KMS key of the log groups, in this region; its policy must let CloudWatch Logs use it (docs/operating.md)."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.log_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "queue_kms_key_arn" {
  description = "The KMS key of the queues; S3, SNS and EventBridge must be let use it (docs/organisation-rules.md)."
  type        = string
  default     = null

  validation {
    condition     = var.queue_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.queue_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "table_kms_key_arn" {
  description = "The KMS key of the lock book's table; null for DynamoDB's own."
  type        = string
  default     = null

  validation {
    condition     = var.table_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.table_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "environment_kms_key_arn" {
  description = "The KMS key of the functions' environment variables, which hold no secret; null for Lambda's own."
  type        = string
  default     = null

  validation {
    condition     = var.environment_kms_key_arn == null || can(regex("^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.environment_kms_key_arn))
    error_message = "The ARN of a key, not of an alias."
  }
}

variable "decrypt_key_arns" {
  description = "Customer managed KMS keys of state buckets, lock tables and the two secrets; null where AWS's own keys are used."
  type        = list(string)
  default     = null
}

variable "log_retention_days" {
  description = "How long the journal is kept, one of CloudWatch Logs' own values; null for a year."
  type        = number
  default     = null
}

variable "reserved_concurrency" {
  description = "How many of a function run at once and are kept free for it, by its name in the template: { ReleaseLock = 5 }."
  type        = map(number)
  default     = {}
  nullable    = false
}

variable "tracing" {
  description = "Whether X-Ray traces a part of the functions' runs and of the API's requests."
  type        = bool
  default     = false
  nullable    = false
}

# --- The API, and who may send orders (docs/operating.md, "A flood", "Who may send").

variable "clicks_per_second" {
  description = "Requests a second that the API takes for clicks; above that it answers 429, to Slack too; null for 100."
  type        = number
  default     = null
}

variable "clicks_at_once" {
  description = "How many clicks may come at once; null for 200."
  type        = number
  default     = null
}

variable "commands_per_second" {
  description = "Requests a second that the API takes for /tflocks; null for 50."
  type        = number
  default     = null
}

variable "commands_at_once" {
  description = "How many commands may come at once; null for 100."
  type        = number
  default     = null
}

variable "api_access_log" {
  description = "Whether each request to the API is a line in a log group. The account needs API Gateway's role for CloudWatch Logs first, or the stack fails."
  type        = bool
  default     = false
  nullable    = false
}

variable "allowed_sources" {
  description = "Addresses (CIDR) that may call the API; null for all. Slack publishes none: this is for a proxy of yours in front of the API."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for one in coalesce(var.allowed_sources, []) : can(cidrhost(one, 0))])
    error_message = "Networks in CIDR notation, like 192.0.2.0/24."
  }
}

variable "web_acl_arn" {
  description = "A regional web ACL of AWS WAF for the API; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.web_acl_arn == null || can(regex("^arn:[a-z-]+:wafv2:[a-z0-9-]+:[0-9]{12}:regional/webacl/.+$", var.web_acl_arn))
    error_message = "The ARN of a regional web ACL."
  }
}

variable "operator_arns" {
  description = "IAM users and roles whose people run `tflocks release` or the canary, or redrive dead letters; a role of IAM Identity Center with * for its end."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for one in coalesce(var.operator_arns, []) : can(regex("^arn:[a-z-]+:iam::[0-9*]{1,12}:(root|user/.+|role/.+)$", one))])
    error_message = "ARNs of IAM users and roles."
  }
}

# --- Alarms.

variable "alarm_topic_arn" {
  description = "The SNS topic that hears of alarms; null for alarms that are only shown."
  type        = string
  default     = null

  validation {
    condition     = var.alarm_topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:.+$", var.alarm_topic_arn))
    error_message = "The ARN of an SNS topic."
  }
}

variable "oldest_lock_hours" {
  description = "A lock held for longer raises an alarm: 1, 2, 4, 8, 12, 24, 48, 72 or 168; null for 24."
  type        = number
  default     = null

  validation {
    condition     = var.oldest_lock_hours == null || contains([1, 2, 4, 8, 12, 24, 48, 72, 168], coalesce(var.oldest_lock_hours, 24))
    error_message = "One of 1, 2, 4, 8, 12, 24, 48, 72 and 168."
  }
}

# --- Events from elsewhere (docs/operating.md).

variable "event_accounts" {
  description = "Other accounts that may send lock events; null for those that reaper.toml names."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for account in coalesce(var.event_accounts, []) : can(regex("^[0-9]{12}$", account))])
    error_message = "The 12 digits of each account's ID."
  }
}

variable "organization_id" {
  description = "The AWS organisation, all of whose accounts may send lock events; null for only those in event_accounts."
  type        = string
  default     = null

  validation {
    condition     = var.organization_id == null || can(regex("^o-[a-z0-9]{10,32}$", var.organization_id))
    error_message = "The ID of an organisation, like o-abcdefghij."
  }
}

variable "lock_event_topic_arns" {
  description = "SNS topics through which state buckets send their events, where a bucket cannot send to the queue itself."
  type        = list(string)
  default     = null
}

# --- When, and how much at once.

variable "nightly_sweep_schedule" {
  description = "When all targets are swept (UTC), as a schedule expression; null for 3:00."
  type        = string
  default     = null

  validation {
    condition     = var.nightly_sweep_schedule == null || can(regex("^(cron|rate)\\(.+\\)$", var.nightly_sweep_schedule))
    error_message = "A schedule expression of EventBridge, like cron(0 3 * * ? *)."
  }
}

variable "doctor_schedule" {
  description = "When the doctor looks at what is due (UTC), where reaper.toml has doctor = \"weekly\"; null for 4:30."
  type        = string
  default     = null

  validation {
    condition     = var.doctor_schedule == null || can(regex("^(cron|rate)\\(.+\\)$", var.doctor_schedule))
    error_message = "A schedule expression of EventBridge, like cron(30 4 * * ? *)."
  }
}

variable "sweeps_at_once" {
  description = "How many targets are swept at once; null for 20."
  type        = number
  default     = null
}

variable "settle_seconds" {
  description = "How long the line of a release waits for events that happened before it; null for 120."
  type        = number
  default     = null
}

variable "event_batching_seconds" {
  description = "How long lock events are gathered before one run journals them; null for 10."
  type        = number
  default     = null
}
