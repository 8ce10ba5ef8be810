variable "way" {
  description = "topic, an SNS topic that `tflocks connect --topic` has buckets tell (says who takes a lock); or eventbridge, a rule for all buckets that tell EventBridge (says only the account)."
  type        = string
  default     = "topic"

  validation {
    condition     = contains(["topic", "eventbridge"], var.way)
    error_message = "One of topic and eventbridge."
  }
}

variable "reaper_stage" {
  description = "The stage of the reaper's stack. Its queue knows the topic by it."
  type        = string
  default     = "prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.reaper_stage))
    error_message = "The stage of the reaper: at most 20 of a-z, 0-9 and -, a letter first."
  }
}

variable "reaper_account_id" {
  description = "The account in which the reaper's stack is."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.reaper_account_id))
    error_message = "The 12 digits of an account's ID."
  }
}

variable "reaper_queue_arn" {
  description = "The output LockEventsQueueArn of the reaper's stack."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.reaper_queue_arn))
    error_message = "The ARN of an SQS queue."
  }
}

variable "reaper_bus_arn" {
  description = "The output LockEventBusArn of the reaper's stack."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_.-]+$", var.reaper_bus_arn))
    error_message = "The ARN of an EventBridge event bus."
  }
}

variable "permissions_boundary_arn" {
  description = "The managed policy that bounds each role here; empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+)?$", var.permissions_boundary_arn))
    error_message = "The ARN of a managed policy, or nothing."
  }
}

variable "topic_kms_key_arn" {
  description = "KMS key of the topic; its policy must let S3 use it (docs/organisation-rules.md). Empty for none."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+)?$", var.topic_kms_key_arn))
    error_message = "The ARN of a KMS key, or nothing."
  }
}
