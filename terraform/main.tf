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
