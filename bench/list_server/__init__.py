"""Answer ListObjectsV2 as S3 does, over sorted keys that are made up as they are asked for; the server of the bench."""
