"""The operator's own AWS account."""

import boto3
from botocore.exceptions import ProfileNotFound

from saga.failure import UsageFailure


def session(profile: str | None, region: str | None) -> boto3.Session:
    """A session with the operator's credentials. Raises UsageFailure for a profile that is not configured."""
    try:
        return boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound as error:
        raise UsageFailure(str(error)) from error
