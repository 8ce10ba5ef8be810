output "topic_arn" {
  description = "For `tflocks connect --topic`; null without a topic."
  value       = local.is_topic ? aws_sns_topic.locks[0].arn : null
}
