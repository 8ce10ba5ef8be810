# tflock-reaper as a Terraform module. It makes the same CloudFormation stack as `make deploy`, from the same template, so
# both ways stay equal: README.md says how to use it.
terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}
