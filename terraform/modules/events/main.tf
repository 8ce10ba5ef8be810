# How lock events of another region or account reach tflock-reaper's queue (docs/operating.md, "Events from elsewhere"): the
# same as deploy/events-from-elsewhere.yaml, for the region and account of the provider. statements.tf has the policies.
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
  region     = data.aws_region.current.name
}

resource "aws_sns_topic" "locks" {
  count = local.is_topic ? 1 : 0

  name              = local.name
  kms_master_key_id = var.topic_kms_key_arn == "" ? null : var.topic_kms_key_arn
}

resource "aws_sns_topic_policy" "locks" {
  count = local.is_topic ? 1 : 0

  arn    = aws_sns_topic.locks[0].arn
  policy = jsonencode({ Version = "2012-10-17", Statement = local.topic_policy })
}

# Only here: a subscription that one account makes for the queue of another has to be confirmed there.
resource "aws_sns_topic_subscription" "reaper" {
  count = local.subscribes_itself ? 1 : 0

  topic_arn = aws_sns_topic.locks[0].arn
  protocol  = "sqs"
  endpoint  = var.reaper_queue_arn
}

resource "aws_cloudwatch_event_rule" "locks" {
  count = local.is_topic ? 0 : 1

  name          = local.name
  description   = "Lock events of this region's buckets, to tflock-reaper."
  event_pattern = jsonencode(local.event_pattern)
}

resource "aws_cloudwatch_event_target" "reaper" {
  count = local.is_topic ? 0 : 1

  rule      = aws_cloudwatch_event_rule.locks[0].name
  target_id = "reaper"
  arn       = var.reaper_bus_arn
  role_arn  = aws_iam_role.rule[0].arn
}

resource "aws_iam_role" "rule" {
  count = local.is_topic ? 0 : 1

  name_prefix        = "tflock-reaper-events-"
  description        = "By which EventBridge sends lock events to tflock-reaper."
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = local.trust })

  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "send" {
  count = local.is_topic ? 0 : 1

  name   = "SendToTheReaper"
  role   = aws_iam_role.rule[0].name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.rights })
}
