locals {
  made = aws_cloudformation_stack.reaper.outputs
}

output "slack_actions_url" {
  description = "The Request URL of the Slack app (Interactivity & Shortcuts)."
  value       = local.made["SlackActionsUrl"]
}

output "slack_commands_url" {
  description = "The Request URL of the Slack app's command /tflocks (Slash Commands)."
  value       = local.made["SlackCommandsUrl"]
}

output "slack_manifest" {
  description = "The manifest of the Slack app with both URLs in it, the same as `tflocks slack-manifest` prints."
  value = replace(replace(
    file("${local.artifacts}/slack-manifest.yaml"),
    "https://example.invalid/api/slack/actions", local.made["SlackActionsUrl"]),
    "https://example.invalid/api/slack/commands", local.made["SlackCommandsUrl"],
  )
}

output "lock_events_queue_arn" {
  description = "The queue that state buckets notify: for the modules wire-bucket and events."
  value       = local.queue

  depends_on = [aws_cloudformation_stack.reaper]
}

output "lock_event_bus_arn" {
  description = "The event bus for rules in other regions and accounts: for the module events."
  value       = local.bus

  depends_on = [aws_cloudformation_stack.reaper]
}

output "dashboard_url" {
  description = "What the reaper sees, in one page of CloudWatch."
  value       = local.made["DashboardUrl"]
}

output "log_group_name" {
  description = "The log group of the journal. It stays when the stack is destroyed."
  value       = "/tflock-reaper/${var.stage}"

  depends_on = [aws_cloudformation_stack.reaper]
}

output "version" {
  description = "The version of tflock-reaper that the stack was made from."
  value       = local.made["Version"]
}

output "commit" {
  description = "The commit that this version was built from."
  value       = local.made["Commit"]
}

output "artifacts_bucket" {
  description = "The bucket that has the code, the template and the rules layer."
  value       = local.bucket
}

output "remarks" {
  description = "What the installer should know of the rights and events that follow from reaper.toml, a line each."
  value       = local.answer.remarks
}

output "stack_name" {
  description = "The CloudFormation stack."
  value       = aws_cloudformation_stack.reaper.name
}

output "stack_outputs" {
  description = "All outputs of the stack."
  value       = local.made
}
