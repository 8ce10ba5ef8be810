# Lets a state bucket tell tflock-reaper of its locks. A bucket has one aws_s3_bucket_notification, which owns all that the
# bucket tells: this module makes it, with ours beside all others (README.md).
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_s3_bucket_notification" "bucket" {
  bucket      = var.bucket
  eventbridge = var.eventbridge || local.by_rule

  dynamic "queue" {
    for_each = concat(var.queues, local.to_queue)

    content {
      id            = queue.value.id
      queue_arn     = queue.value.queue_arn
      events        = queue.value.events
      filter_prefix = queue.value.filter_prefix
      filter_suffix = queue.value.filter_suffix
    }
  }

  dynamic "topic" {
    for_each = concat(var.topics, local.to_topic)

    content {
      id            = topic.value.id
      topic_arn     = topic.value.topic_arn
      events        = topic.value.events
      filter_prefix = topic.value.filter_prefix
      filter_suffix = topic.value.filter_suffix
    }
  }

  dynamic "lambda_function" {
    for_each = var.lambda_functions

    content {
      id                  = lambda_function.value.id
      lambda_function_arn = lambda_function.value.lambda_function_arn
      events              = lambda_function.value.events
      filter_prefix       = lambda_function.value.filter_prefix
      filter_suffix       = lambda_function.value.filter_suffix
    }
  }
}

# The reaper's queue takes events of rules whose name begins so (docs/operating.md, "Events by EventBridge").
resource "aws_cloudwatch_event_rule" "locks" {
  count = local.by_rule ? 1 : 0

  name        = local.rule
  description = "Lock events of ${var.bucket}, to tflock-reaper."
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created", "Object Deleted"]
    detail      = { bucket = { name = [var.bucket] }, object = { key = [{ suffix = ".tflock" }] } }
  })
}

resource "aws_cloudwatch_event_target" "reaper" {
  count = local.by_rule ? 1 : 0

  rule      = aws_cloudwatch_event_rule.locks[0].name
  target_id = "reaper"
  arn       = var.reaper_arn
}
