output "role_arn" {
  description = "The role, where reaper.toml names it by its ARN."
  value       = aws_iam_role.member.arn
}
