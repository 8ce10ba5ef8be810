# reaper.toml is checked by a function of the release, which may do nothing but write its log, before the reaper's stack is
# made or changed. Once the function is there, each plan asks it: mistakes end the plan, and changes are shown by it.
locals {
  answer   = jsondecode(data.aws_lambda_invocation.check.result)
  mistakes = formatlist("  - %s", local.answer.errors)

  template = yamldecode(file("${local.artifacts}/template.yaml"))

  # The organisation's rules hold for this function too.
  rules_for_all = ["PermissionsBoundaryArn", "VpcSubnetIds", "VpcSecurityGroupIds", "LogKmsKeyArn"]
  of_the_check  = { for name, value in local.chosen : name => value if contains(local.rules_for_all, name) }

  decided_here = ["ArtifactsBucket", "CodeKey", "RulesFormat", "RulesKey", "Stage"]
  named        = keys(merge(local.concurrency, var.parameters))
  not_to_give  = [for name in local.named : name if contains(local.decided_here, name)]
  unknown      = [for name in local.named : name if !contains(keys(local.template.Parameters), name)]
}

resource "aws_cloudformation_stack" "check_rules" {
  name          = "${local.name}-check-rules"
  template_body = file("${local.artifacts}/check-rules.yaml")
  capabilities  = ["CAPABILITY_IAM"]
  iam_role_arn  = var.cloudformation_role_arn
  tags          = var.tags

  parameters = merge(local.of_the_check, {
    Stage           = var.stage
    ArtifactsBucket = local.bucket
    CodeKey         = aws_s3_object.code.key
  })
}

data "aws_lambda_invocation" "check" {
  function_name = aws_cloudformation_stack.check_rules.outputs["FunctionName"]
  input         = jsonencode({ config = var.config, stage = var.stage, given = local.chosen })

  # Another version checks by its own code: not before that is there.
  depends_on = [aws_cloudformation_stack.check_rules]

  lifecycle {
    precondition {
      condition     = length(local.not_to_give) == 0
      error_message = "parameters: the module itself decides ${join(", ", local.not_to_give)}."
    }

    precondition {
      condition     = length(local.unknown) == 0
      error_message = "parameters: the template of this version has no ${join(", ", local.unknown)}."
    }
  }
}
