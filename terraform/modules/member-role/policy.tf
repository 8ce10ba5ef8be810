locals {
  buckets = length(var.state_bucket_arns) > 0 ? var.state_bucket_arns : ["arn:${local.partition}:s3:::*"]
  locks   = length(var.lock_object_arns) > 0 ? var.lock_object_arns : ["arn:${local.partition}:s3:::*/*.tflock"]

  has_tables = length(var.lock_table_arns) > 0
  has_keys   = length(var.decrypt_key_arns) > 0

  reaper   = { AWS = "arn:${local.partition}:iam::${var.reaper_account_id}:root" }
  roles    = "arn:${local.partition}:iam::${var.reaper_account_id}:role/tflock-reaper-${var.reaper_stage}"
  here     = { "aws:ResourceAccount" = local.account_id }
  released = { "aws:userid" = "*:release-*" }
  restored = { "aws:userid" = "*:restore-*" }
  examined = { "aws:userid" = "*:examine-*" }

  # The split between the reaper's functions holds here too: only release_lock makes sessions that may delete, only
  # answer_click sessions that may put. The name of such a session ends with the Slack user who clicked.
  trust = concat(
    [
      {
        Sid       = "TheReaperLooks"
        Effect    = "Allow"
        Principal = local.reaper
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "sts:ExternalId" = var.external_id }
          StringLike   = { "sts:RoleSessionName" = "look-*" }
          ArnLike      = { "aws:PrincipalArn" = "${local.roles}-*" }
        }
      },
      {
        Sid       = "OnlyReleaseLockReleases"
        Effect    = "Allow"
        Principal = local.reaper
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "sts:ExternalId" = var.external_id }
          StringLike   = { "sts:RoleSessionName" = "release-*" }
          ArnLike      = { "aws:PrincipalArn" = "${local.roles}-ReleaseLockRole-*" }
        }
      },
    ],
    [for statement in [
      {
        Sid       = "OnlyAnswerClickPutsBack"
        Effect    = "Allow"
        Principal = local.reaper
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "sts:ExternalId" = var.external_id }
          StringLike   = { "sts:RoleSessionName" = "restore-*" }
          ArnLike      = { "aws:PrincipalArn" = "${local.roles}-AnswerClickRole-*" }
        }
      },
    ] : statement if var.put_back],
    [for statement in [
      {
        Sid       = "OnlyExamineSetupExamines"
        Effect    = "Allow"
        Principal = local.reaper
        Action    = "sts:AssumeRole"
        Condition = {
          StringEquals = { "sts:ExternalId" = var.external_id }
          StringLike   = { "sts:RoleSessionName" = "examine-*" }
          ArnLike      = { "aws:PrincipalArn" = "${local.roles}-ExamineSetupRole-*" }
        }
      },
    ] : statement if var.doctor],
  )

  rights = concat(
    local.looking,
    [for statement in local.examining : statement if var.doctor],
    local.releasing,
    [for statement in local.putting_back : statement if var.put_back],
    local.never,
  )

  looking = concat(
    [
      {
        Sid      = "FindBucketsAndTables"
        Effect   = "Allow"
        Action   = ["s3:ListAllMyBuckets", "dynamodb:ListTables", "tag:GetResources"]
        Resource = "*"
      },
      {
        Sid       = "ListStateBuckets"
        Effect    = "Allow"
        Action    = ["s3:ListBucket", "s3:GetBucketVersioning"]
        Resource  = local.buckets
        Condition = { StringEquals = local.here }
      },
      {
        Sid       = "ReadLocks"
        Effect    = "Allow"
        Action    = ["s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectTagging", "s3:GetObjectLegalHold"]
        Resource  = local.locks
        Condition = { StringEquals = local.here }
      },
    ],
    [for statement in [
      {
        Sid       = "CountDebris"
        Effect    = "Allow"
        Action    = "s3:ListBucketVersions"
        Resource  = local.buckets
        Condition = { StringEquals = local.here }
      },
    ] : statement if var.count_debris],
    [for statement in [
      {
        Sid      = "ListAndReadItems"
        Effect   = "Allow"
        Action   = ["dynamodb:Scan", "dynamodb:GetItem"]
        Resource = var.lock_table_arns
      },
    ] : statement if local.has_tables],
    [for statement in [
      {
        Sid       = "DecryptLocks"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.decrypt_key_arns
        Condition = { StringLike = { "kms:ViaService" = ["s3.*.amazonaws.*", "dynamodb.*.amazonaws.*"] } }
      },
    ] : statement if local.has_keys],
  )

  examining = [
    {
      Sid    = "ReadSettingsForTheDoctor"
      Effect = "Allow"
      Action = [
        "s3:GetAccountPublicAccessBlock",
        "s3:GetBucket*",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:GetReplicationConfiguration",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "dynamodb:Describe*",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudwatch:GetMetricData",
        "events:DescribeEventBus",
        "events:DescribeRule",
        "events:ListRuleNamesByTarget",
        "events:ListRules",
        "events:ListTargetsByRule",
        "iam:GetAccountAuthorizationDetails",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "sns:GetSubscriptionAttributes",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
      ]
      Resource  = "*"
      Condition = { StringLike = local.examined }
    },
  ]

  releasing = concat(
    [
      {
        Sid      = "ReleaseOnlyTheLockThatWasRead"
        Effect   = "Allow"
        Action   = "s3:DeleteObject"
        Resource = local.locks
        Condition = {
          StringEquals = local.here
          Null         = { "s3:if-match" = "false" }
          StringLike   = local.released
        }
      },
    ],
    [for statement in [
      {
        Sid       = "DeleteLockItems"
        Effect    = "Allow"
        Action    = "dynamodb:DeleteItem"
        Resource  = var.lock_table_arns
        Condition = { StringLike = local.released }
      },
    ] : statement if local.has_tables],
  )

  putting_back = concat(
    [
      {
        Sid      = "PutLockBackOnlyWhereNothingIs"
        Effect   = "Allow"
        Action   = "s3:PutObject"
        Resource = local.locks
        Condition = {
          StringEquals = local.here
          Null         = { "s3:if-none-match" = "false" }
          StringLike   = local.restored
        }
      },
      {
        Sid       = "PutItsTagsBack"
        Effect    = "Allow"
        Action    = "s3:PutObjectTagging"
        Resource  = local.locks
        Condition = { StringEquals = local.here, StringLike = local.restored }
      },
      {
        Sid      = "PutTheAclThatABucketPolicyDemands"
        Effect   = "Allow"
        Action   = "s3:PutObjectAcl"
        Resource = local.locks
        Condition = {
          StringEquals = merge(local.here, { "s3:x-amz-acl" = ["bucket-owner-full-control", "private"] })
          StringLike   = local.restored
        }
      },
    ],
    [for statement in [
      {
        Sid       = "PutLockItemsBack"
        Effect    = "Allow"
        Action    = "dynamodb:PutItem"
        Resource  = var.lock_table_arns
        Condition = { StringLike = local.restored }
      },
    ] : statement if local.has_tables],
    [for statement in [
      {
        Sid       = "EncryptLockAsItWas"
        Effect    = "Allow"
        Action    = "kms:GenerateDataKey"
        Resource  = var.decrypt_key_arns
        Condition = { StringLike = merge(local.restored, { "kms:ViaService" = "s3.*.amazonaws.*" }) }
      },
    ] : statement if local.has_keys],
  )

  # What must never happen, whatever a bucket's or a table's own policy grants.
  never = [
    {
      Sid         = "NeverTouchState"
      Effect      = "Deny"
      Action      = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"]
      NotResource = "arn:${local.partition}:s3:::*/*.tflock"
    },
    {
      Sid       = "NeverReleaseUnconditionally"
      Effect    = "Deny"
      Action    = "s3:DeleteObject"
      Resource  = "*"
      Condition = { Null = { "s3:if-match" = "true" } }
    },
    {
      Sid       = "NeverReleaseWhateverIsThere"
      Effect    = "Deny"
      Action    = "s3:DeleteObject"
      Resource  = "*"
      Condition = { StringEquals = { "s3:if-match" = ["*", "\"*\""] } }
    },
    {
      Sid       = "NeverDestroyVersions"
      Effect    = "Deny"
      Action    = "s3:DeleteObjectVersion"
      Resource  = "*"
      Condition = { Null = { "s3:VersionId" = "false" } }
    },
    {
      Sid       = "NeverOverwrite"
      Effect    = "Deny"
      Action    = "s3:PutObject"
      Resource  = "*"
      Condition = { Null = { "s3:if-none-match" = "true" } }
    },
    {
      Sid       = "NeverPutOnAnotherCondition"
      Effect    = "Deny"
      Action    = "s3:PutObject"
      Resource  = "*"
      Condition = { StringNotEquals = { "s3:if-none-match" = ["*", "\"*\""] } }
    },
    {
      Sid    = "NeverChangeItemsInAnotherWay"
      Effect = "Deny"
      Action = [
        "dynamodb:UpdateItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:PartiQLDelete",
        "dynamodb:PartiQLInsert",
        "dynamodb:PartiQLUpdate",
      ]
      Resource = "*"
    },
    {
      Sid       = "NeverTouchDigests"
      Effect    = "Deny"
      Action    = ["dynamodb:DeleteItem", "dynamodb:PutItem"]
      Resource  = "*"
      Condition = { "ForAnyValue:StringLike" = { "dynamodb:LeadingKeys" = "*-md5" } }
    },
    {
      Sid       = "OnlyReleasesDelete"
      Effect    = "Deny"
      Action    = ["s3:DeleteObject", "dynamodb:DeleteItem"]
      Resource  = "*"
      Condition = { StringNotLike = local.released }
    },
    {
      Sid       = "OnlyRestoresPut"
      Effect    = "Deny"
      Action    = ["s3:PutObject", "dynamodb:PutItem"]
      Resource  = "*"
      Condition = { StringNotLike = local.restored }
    },
  ]
}
