variable "bucket" {
  description = "The name of the state bucket."
  type        = string
}

variable "reaper_arn" {
  description = "The reaper's queue (lock_events_queue_arn), or the topic of the bucket's region and account (topic_arn of the module events)."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:(sqs|sns):[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.reaper_arn))
    error_message = "The ARN of an SQS queue or an SNS topic."
  }
}

variable "way" {
  description = "notification, S3's own (says who takes a lock); or eventbridge, a rule for a bucket whose .tflock notifications somebody else has (says only the account)."
  type        = string
  default     = "notification"

  validation {
    condition     = contains(["notification", "eventbridge"], var.way)
    error_message = "One of notification and eventbridge."
  }
}

variable "reaper_stage" {
  description = "The stage of the reaper's stack. Its queue knows the rule of way = \"eventbridge\" by it."
  type        = string
  default     = "prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.reaper_stage))
    error_message = "The stage of the reaper: at most 20 of a-z, 0-9 and -, a letter first."
  }
}

variable "prefixes" {
  description = "Only keys that begin so, as they are (not encoded); empty for all of the bucket."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "notification_id" {
  description = "The Id of our notification; another one for each reaper that a bucket tells."
  type        = string
  default     = "tflock-reaper"
  nullable    = false
}

variable "queues" {
  description = "All else that the bucket tells queues, as in aws_s3_bucket_notification."
  type = list(object({
    id            = optional(string)
    queue_arn     = string
    events        = set(string)
    filter_prefix = optional(string)
    filter_suffix = optional(string)
  }))
  default  = []
  nullable = false
}

variable "topics" {
  description = "All else that the bucket tells topics."
  type = list(object({
    id            = optional(string)
    topic_arn     = string
    events        = set(string)
    filter_prefix = optional(string)
    filter_suffix = optional(string)
  }))
  default  = []
  nullable = false
}

variable "lambda_functions" {
  description = "All that the bucket tells functions."
  type = list(object({
    id                  = optional(string)
    lambda_function_arn = string
    events              = set(string)
    filter_prefix       = optional(string)
    filter_suffix       = optional(string)
  }))
  default  = []
  nullable = false
}

variable "eventbridge" {
  description = "Whether the bucket tells EventBridge of everything, for others; way = \"eventbridge\" implies it."
  type        = bool
  default     = false
  nullable    = false
}
