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
    EnvironmentKmsKeyArn        = var.environment_kms_key_arn
    EventAccounts               = var.event_accounts == null ? null : join(",", var.event_accounts)
    EventBatchingSeconds        = var.event_batching_seconds
    HttpsProxy                  = var.https_proxy
    LockEventTopicArns          = var.lock_event_topic_arns == null ? null : join(",", var.lock_event_topic_arns)
    LogKmsKeyArn                = var.log_kms_key_arn
    LogRetentionDays            = var.log_retention_days
    NightlySweepSchedule        = var.nightly_sweep_schedule
    NoProxy                     = var.no_proxy
    OldestLockHours             = var.oldest_lock_hours
    OrganizationId              = var.organization_id
    PermissionsBoundaryArn      = var.permissions_boundary_arn
    QueueKmsKeyArn              = var.queue_kms_key_arn
    SettleSeconds               = var.settle_seconds
    SlackBotTokenParameter      = var.slack_bot_token_parameter
    SlackSigningSecretParameter = var.slack_signing_secret_parameter
    SweepsAtOnce                = var.sweeps_at_once
    TableKmsKeyArn              = var.table_kms_key_arn
    Tracing                     = var.tracing ? "Active" : null
    VpcSecurityGroupIds         = var.vpc_security_group_ids == null ? null : join(",", var.vpc_security_group_ids)
    VpcSubnetIds                = var.vpc_subnet_ids == null ? null : join(",", var.vpc_subnet_ids)
  }
  concurrency = { for function, number in var.reserved_concurrency : "${function}Concurrency" => tostring(number) }
  given       = { for name, value in local.typed : name => tostring(value) if value != null }
  chosen      = merge(local.given, local.concurrency, var.parameters)
}
