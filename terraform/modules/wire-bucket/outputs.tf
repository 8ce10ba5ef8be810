output "rule_name" {
  description = "The EventBridge rule of way = \"eventbridge\"; null without one."
  value       = local.by_rule ? aws_cloudwatch_event_rule.locks[0].name : null
}
