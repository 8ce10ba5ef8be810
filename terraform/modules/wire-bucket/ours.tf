locals {
  by_rule = var.way == "eventbridge"
  service = split(":", var.reaper_arn)[2]

  # A rule's name has at most 64 characters. A stage has no dot, so the name is of one stage only.
  whole_rule = "tflock-reaper-${var.reaper_stage}.${var.bucket}"
  rule       = length(local.whole_rule) <= 64 ? local.whole_rule : "${substr(local.whole_rule, 0, 55)}-${substr(sha256(var.bucket), 0, 8)}"

  # S3 refuses notifications that overlap, so a prefix that another one covers is left out.
  widest = [for one in distinct(var.prefixes) : one if !anytrue([for other in var.prefixes : one != other && startswith(one, other)])]

  # In a filter a space is "+" and all but these characters are percent-encoded, as `tflocks connect` writes them.
  encoded = [
    for one in local.widest : replace(replace(replace(replace(replace(replace(
      urlencode(one), "%2F", "/"), "%21", "!"), "%2A", "*"), "%27", "'"), "%28", "("), "%29", ")"
    )
  ]
  filters = length(local.encoded) > 0 ? local.encoded : [null]

  ours = [
    for number, prefix in local.filters : {
      id            = number == 0 ? var.notification_id : "${var.notification_id}-${number + 1}"
      arn           = var.reaper_arn
      events        = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"]
      filter_prefix = prefix
      filter_suffix = ".tflock"
    }
  ]
  to_queue = [for one in local.ours : merge(one, { queue_arn = one.arn }) if !local.by_rule && local.service == "sqs"]
  to_topic = [for one in local.ours : merge(one, { topic_arn = one.arn }) if !local.by_rule && local.service == "sns"]
}
