# The files of a release, and the bucket that they are in. A release has them in artifacts/ beside this file
# (deploy/module_artifacts.py names them): code.zip, template.yaml, check-rules.yaml and slack-manifest.yaml.
locals {
  artifacts = coalesce(var.artifacts, "${path.module}/artifacts")
  name      = "tflock-reaper-${var.stage}"

  # The key follows from the content: CloudFormation sees that it is another one, and an unchanged file stays where it is.
  code_digest     = substr(filesha256("${local.artifacts}/code.zip"), 0, 16)
  template_digest = substr(filesha256("${local.artifacts}/template.yaml"), 0, 16)

  # Names of the template, and so known at plan time: whatever is wired to them stays as it is when the stack changes.
  here  = "${data.aws_region.current.id}:${data.aws_caller_identity.current.account_id}"
  queue = "arn:${data.aws_partition.current.partition}:sqs:${local.here}:tflock-events-${var.stage}"
  bus   = "arn:${data.aws_partition.current.partition}:events:${local.here}:event-bus/tflock-reaper-${var.stage}"

  makes_bucket = var.artifacts_bucket == null
  bucket       = local.makes_bucket ? aws_s3_bucket.artifacts[0].bucket : var.artifacts_bucket
  template_url = "https://s3.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}/${local.bucket}/${aws_s3_object.template.key}"
}

data "aws_region" "current" {}

data "aws_partition" "current" {
  lifecycle {
    precondition {
      condition     = fileexists("${local.artifacts}/code.zip") && fileexists("${local.artifacts}/template.yaml")
      error_message = "The files of a release are not in ${local.artifacts}: take the module from a release (tflock-reaper-...-terraform.zip), or make them in a checkout by: python -m deploy.module_artifacts DIR"
    }
  }
}

data "aws_caller_identity" "current" {}

resource "aws_s3_object" "code" {
  bucket       = local.bucket
  key          = "${local.name}/code-${local.code_digest}.zip"
  source       = "${local.artifacts}/code.zip"
  content_type = "application/zip"

  # Until the stack is updated, CloudFormation may have to go back to the one before.
  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_s3_bucket_policy.artifacts, aws_s3_bucket_public_access_block.artifacts]
}

resource "aws_s3_object" "template" {
  bucket       = local.bucket
  key          = "${local.name}/template-${local.template_digest}.yaml"
  source       = "${local.artifacts}/template.yaml"
  content_type = "application/yaml"

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_s3_bucket_policy.artifacts, aws_s3_bucket_public_access_block.artifacts]
}

# The layer is no secret, but thousands of letters that nobody reads; terraform_data.reaper_toml shows what changes.
resource "aws_s3_object" "rules" {
  bucket         = local.bucket
  key            = lookup(local.answer.parameters, "RulesKey", "${local.name}/rules.zip") # mistakes only warn a destruction
  content_base64 = sensitive(local.answer.rules_layer)
  content_type   = "application/zip"

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = length(local.mistakes) == 0
      error_message = "reaper.toml has mistakes, and the reaper was not changed:\n${join("\n", local.mistakes)}"
    }
  }
}

# It makes nothing: a plan shows by it which lines of reaper.toml change.
resource "terraform_data" "reaper_toml" {
  triggers_replace = var.config

  # Until the stack runs with it, the next plan shows it again.
  depends_on = [aws_cloudformation_stack.reaper]
}

resource "aws_s3_bucket" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket_prefix = "${local.name}-"
  force_destroy = true # nothing but files of the release, and the rules layer
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket                  = aws_s3_bucket.artifacts[0].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# S3 encrypts what it keeps by itself (SSE-S3). Give a bucket of your own where it has to be a key of yours.
resource "aws_s3_bucket_policy" "artifacts" {
  count = local.makes_bucket ? 1 : 0

  bucket = aws_s3_bucket.artifacts[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RefusePlainHttp"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.artifacts[0].arn, "${aws_s3_bucket.artifacts[0].arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  depends_on = [aws_s3_bucket_public_access_block.artifacts]
}
