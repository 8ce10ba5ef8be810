"""AWS accounts that have targets, and the roles by which the reaper gets into them."""

import msgspec


class Account(msgspec.Struct, frozen=True):
    """An AWS account. Without an ID it is the account of the stack."""

    id: str = ""
    """Twelve digits."""
    name: str = ""
    """Its name in AWS Organizations; "": unknown."""
    role: str = ""
    """The ARN of the role to assume there, or its name with its path; "": the function's own role has the rights."""
    external_id: str = ""
    """The ``ExternalId`` that the role's trust policy asks for. AWS does not treat it as a secret:
    docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html."""

    def at_home(self, own: str, member: "Account") -> "Account":
        """Return the account as seen from the stack in the account ``own``, with a role where it needs one.

        ``member`` has the role and the ExternalId of every account that names none. The stack's own account needs no
        role, but keeps one that was given.
        """
        if not self.role and self.id in ("", own):
            return HOME
        return msgspec.structs.replace(
            self, role=self.role or member.role, external_id=self.external_id or member.external_id
        )

    @property
    def called(self) -> str:
        """Return the account as people call it."""
        return f"{self.name} ({self.id})" if self.name else self.id


HOME = Account()
"""The account of the stack."""
