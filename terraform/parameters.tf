locals {
  # What people chose, under the names of the template. Whatever is null has the template's own default, or follows from
  # reaper.toml. Every parameter of the template without a variable of its own is reached by `parameters`.
  typed = {
    AlarmTopicArn               = var.alarm_topic_arn
    AllowedSources              = var.allowed_sources == null ? null : join(",", var.allowed_sources)
    ApiAccessLog                = var.api_access_log ? "yes" : null
    ClicksAtOnce                = var.clicks_at_once
    ClicksPerSecond             = var.clicks_per_second
    CommandsAtOnce              = var.commands_at_once
    CommandsPerSecond           = var.commands_per_second
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
    OperatorArns                = var.operator_arns == null ? null : join(",", var.operator_arns)
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
    WebAclArn                   = var.web_acl_arn
  }
  concurrency = { for function, number in var.reserved_concurrency : "${function}Concurrency" => tostring(number) }
  given       = { for name, value in local.typed : name => tostring(value) if value != null }
  chosen      = merge(local.given, local.concurrency, var.parameters)
}
