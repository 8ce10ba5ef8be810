resource "aws_cloudformation_stack" "reaper" {
  name         = local.name
  template_url = local.template_url
  # For the roles, and for the SAM transform.
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
  iam_role_arn = var.cloudformation_role_arn
  tags         = var.tags

  parameters = merge(local.answer.parameters, {
    ArtifactsBucket = local.bucket
    CodeKey         = aws_s3_object.code.key
    RulesKey        = aws_s3_object.rules.key
  })

  timeouts {
    create = "30m"
    update = "30m"
    delete = "30m"
  }
}

locals {
  # What people chose, under the names of the template. Whatever is null has the template's own default, or follows from
  # reaper.toml. Every parameter of the template without a variable of its own is reached by `parameters`.
  typed = {
    AlarmTopicArn               = var.alarm_topic_arn
    DecryptKeyArns              = var.decrypt_key_arns == null ? null : join(",", var.decrypt_key_arns)
    DoctorSchedule              = var.doctor_schedule
    EventAccounts               = var.event_accounts == null ? null : join(",", var.event_accounts)
    EventBatchingSeconds        = var.event_batching_seconds
    LockEventTopicArns          = var.lock_event_topic_arns == null ? null : join(",", var.lock_event_topic_arns)
    LogKmsKeyArn                = var.log_kms_key_arn
    LogRetentionDays            = var.log_retention_days
    NightlySweepSchedule        = var.nightly_sweep_schedule
    OldestLockHours             = var.oldest_lock_hours
    OrganizationId              = var.organization_id
    SettleSeconds               = var.settle_seconds
    SlackBotTokenParameter      = var.slack_bot_token_parameter
    SlackSigningSecretParameter = var.slack_signing_secret_parameter
    SweepsAtOnce                = var.sweeps_at_once
  }
  chosen = merge({ for name, value in local.typed : name => tostring(value) if value != null }, var.parameters)
}
