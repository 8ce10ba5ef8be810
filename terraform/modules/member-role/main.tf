# The role by which tflock-reaper enters this account (docs/operating.md, "Other accounts"): the same as
# deploy/member-role.yaml. policy.tf has its trust policy and its rights.
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  partition  = data.aws_partition.current.partition
  account_id = data.aws_caller_identity.current.account_id
}

resource "aws_iam_role" "member" {
  name               = var.role_name
  description        = "Entered by tflock-reaper, to list, read and release Terraform's locks."
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = local.trust })

  permissions_boundary = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn
}

resource "aws_iam_role_policy" "locks" {
  name   = "Locks"
  role   = aws_iam_role.member.name
  policy = jsonencode({ Version = "2012-10-17", Statement = local.rights })
}
