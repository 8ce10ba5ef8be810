locals {
  name              = "tflock-reaper-${var.reaper_stage}"
  is_topic          = var.way == "topic"
  subscribes_itself = local.is_topic && var.reaper_account_id == local.account_id
  topic_arn         = "arn:${local.partition}:sns:${local.region}:${local.account_id}:${local.name}"

  # Nobody publishes here but S3, and S3 only of this account's buckets: what comes from the topic is believed.
  topic_policy = [
    {
      Sid       = "StateBucketsPublish"
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = local.topic_arn
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
      }
    },
    {
      Sid       = "TheReapersAccountSubscribesItsQueue"
      Effect    = "Allow"
      Principal = { AWS = var.reaper_account_id }
      Action    = "sns:Subscribe"
      Resource  = local.topic_arn
      Condition = {
        StringEquals = { "sns:Endpoint" = var.reaper_queue_arn, "sns:Protocol" = "sqs" }
      }
    },
    {
      Sid       = "NoPlainHttp"
      Effect    = "Deny"
      Principal = "*"
      Action    = ["sns:Publish", "sns:Subscribe"]
      Resource  = local.topic_arn
      Condition = {
        Bool = { "aws:SecureTransport" = "false" }
      }
    },
  ]

  event_pattern = {
    source      = ["aws.s3"]
    detail-type = ["Object Created", "Object Deleted"]
    detail      = { object = { key = [{ suffix = ".tflock" }] } }
  }

  trust = [
    {
      Sid       = "ThisRuleSends"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = { "aws:SourceAccount" = local.account_id }
        ArnEquals    = { "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${local.account_id}:rule/${local.name}" }
      }
    },
  ]

  rights = [
    {
      Sid      = "SendToTheReapersBus"
      Effect   = "Allow"
      Action   = "events:PutEvents"
      Resource = var.reaper_bus_arn
    },
  ]
}
