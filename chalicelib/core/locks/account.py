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

    @property
    def called(self) -> str:
        """Return the account as people call it."""
        return f"{self.name} ({self.id})" if self.name else self.id


HOME = Account()
"""The account of the stack."""
