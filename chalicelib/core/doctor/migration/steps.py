"""What to do next with a table, as ``docs/migration.md`` says it, with the names filled in."""

from collections.abc import Sequence

from chalicelib.core.doctor.finding import Fix
from chalicelib.core.doctor.migration.evidence import Evidence, Table
from chalicelib.core.doctor.migration.phase import Phase, Story
from chalicelib.core.doctor.migration.proof import named
from chalicelib.core.doctor.migration.standing import STILL_IN_TABLE, Standing, Way
from chalicelib.core.doctor.pasted.hcl import text
from chalicelib.core.doctor.pasted.shell import aws

_INIT = "then run `terraform init -reconfigure` there, in each checkout, CI job and laptop that runs the state"
OLDEST = "1.10.1"
"""The oldest version that locks in every bucket: 1.10.0 cannot in those with Object Lock."""


def next_step(evidence: Evidence, story: Story) -> Fix:
    """Return the next step of a table that has one."""
    if story.back:
        return _stop_forgotten_runs(evidence.table, story.back)
    if story.phase is Phase.DELETABLE:
        return delete(evidence.table)
    behind = story.of(*STILL_IN_TABLE)
    if behind:
        return _lock_in_both(evidence.table, behind)
    if both := story.of(Way.BOTH):
        return _lock_only_in_s3(evidence.table, both)
    return _be_able_to_know(evidence, story)


def delete(table: Table) -> Fix:
    """Return how to delete a table, so that it can be brought back."""
    name, region = table.name, table.region
    here = {"table_name": name, "region": region}
    lines = [_locks_in(table), aws("dynamodb", "create-backup", backup_name="before-deletion", **here)]
    if table.protected:
        lines.append(aws("dynamodb", "update-table", no_deletion_protection_enabled=True, **here))
    lines.append(aws("dynamodb", "delete-table", **here))
    return Fix(
        do=f"Take {name} out of reaper.toml and deploy. See that the scan finds no lock. Back the table up and delete "
        "it (or remove its resource from the configuration that made it). Then take the rights on it from the roles "
        "that run Terraform.",
        cli="\n".join(lines),
    )


def _locks_in(table: Table) -> str:
    """Return the command that prints all locks in a table, which is nothing but ``[]`` when there is none."""
    return aws(
        "dynamodb",
        "scan",
        table_name=table.name,
        consistent_read=True,
        projection_expression="LockID",
        filter_expression="attribute_exists(Info) OR attribute_not_exists(Digest)",
        query="Items[].LockID.S",
        region=table.region,
    )


def _lock_in_both(table: Table, paths: Sequence[str]) -> Fix:
    return Fix(
        do=f"Phase 1: add `use_lockfile = true` beside `dynamodb_table` in the backend of {named(paths)}, {_INIT}. The "
        "roles that run it need s3:GetObject, s3:PutObject and s3:DeleteObject on the state's key with .tflock.",
        hcl=_backend(paths[0], table, ("dynamodb_table", text(table.name)), ("use_lockfile", "true")),
    )


def _lock_only_in_s3(table: Table, paths: Sequence[str]) -> Fix:
    return Fix(
        do=f"Phase 2: when everything that runs {named(paths)} locks in both (see the slowest schedule), remove "
        f"`dynamodb_table` from the backend and keep `use_lockfile`, {_INIT}.",
        hcl=_backend(paths[0], table, ("use_lockfile", "true")),
    )


def _stop_forgotten_runs(table: Table, back: Sequence[Standing]) -> Fix:
    path = back[0].state_path
    paths = named([one.state_path for one in back])
    return Fix(
        do=f"Find what still runs {paths} with `dynamodb_table` alone (`tflocks history` names who took the lock), and "
        f"stop it: it does not see the locks of the others. Give it the backend below, {_INIT}.",
        hcl=_backend(path, table, ("use_lockfile", "true")),
    )


def _be_able_to_know(evidence: Evidence, story: Story) -> Fix:
    if never := story.of(Way.NEVER, Way.S3_AT_LEAST):
        return Fix(
            do=f"Run `terraform plan` once for {named(never)}, with `use_lockfile = true` and without `dynamodb_table`."
        )
    table = evidence.table
    if evidence.items.unread:
        return Fix(do="Read the whole table, by the command: it is too large for this look.", cli=_locks_in(table))
    return Fix(
        do=f"Let the reaper hear of each lock in {table.name}: turn its stream on, name the stream in reaper.toml "
        f"(`[[targets]]` with `table = {text(table.name)}` and `stream`), deploy, and wait. Or run the doctor with the "
        "right cloudwatch:GetMetricData.",
        cli=aws(
            "dynamodb",
            "update-table",
            table_name=table.name,
            stream_specification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
            region=table.region,
        ),
    )


def _backend(path: str, table: Table, *arguments: tuple[str, str]) -> str:
    bucket, _, key = path.partition("/")
    told = [("bucket", text(bucket)), ("key", text(key)), ("region", text(table.region)), *arguments]
    width = max(len(name) for name, _ in told)
    lines = "".join(f"    {name:{width}} = {value}\n" for name, value in told)
    return f'terraform {{\n  required_version = ">= {OLDEST}"\n\n  backend "s3" {{\n{lines}  }}\n}}\n'
