variable "reaper_account_id" {
  description = "The account in which the reaper's stack is."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.reaper_account_id))
    error_message = "The 12 digits of an account's ID."
  }
}

variable "reaper_stage" {
  description = "The stage of the reaper's stack. Its roles are known by it; IAM would cut a longer one off in their names."
  type        = string
  default     = "prod"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,15}$", var.reaper_stage))
    error_message = "The stage of the reaper: at most 16 of a-z, 0-9 and -, a letter first."
  }
}

variable "external_id" {
  description = "The external_id of reaper.toml. No secret, but choose one of your own."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_+=,.@:/-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "2 to 1224 characters of a-z, A-Z, 0-9 and _+=,.@:/-."
  }
}

variable "role_name" {
  description = "The name of this role, in [accounts] of reaper.toml."
  type        = string
  default     = "tflock-reaper-member"
}

variable "state_bucket_arns" {
  description = "The buckets that may be listed, like arn:aws:s3:::acme-tfstate-*; empty for all of this account."
  type        = list(string)
  default     = []
}

variable "lock_object_arns" {
  description = "The locks that may be read and released, each ending in .tflock; empty for all of this account."
  type        = list(string)
  default     = []
}

variable "lock_table_arns" {
  description = "The lock tables, like arn:aws:dynamodb:*:111122223333:table/terraform-locks; empty for none."
  type        = list(string)
  default     = []
}

variable "decrypt_key_arns" {
  description = "Customer managed KMS keys of state buckets and lock tables; empty where AWS's own keys are used."
  type        = list(string)
  default     = []
}

variable "put_back" {
  description = "Whether a released lock may be put back where nothing is; false where reaper.toml says undo = \"never\"."
  type        = bool
  default     = true
}

variable "count_debris" {
  description = "Whether the versions of objects may be listed, to count old versions of locks and delete markers."
  type        = bool
  default     = false
}

variable "doctor" {
  description = "Whether the reaper's weekly look may read settings of this account (doctor = \"weekly\"); never what is kept."
  type        = bool
  default     = false
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
