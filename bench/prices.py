"""Know the list prices of us-east-1 in US dollars, without any free tier; each names the web page that has it."""

from dataclasses import dataclass

MILLION = 1_000_000
_GB, _GIB = 1000**3, 1024**3


@dataclass(frozen=True)
class Price:
    """The price of a number of something."""

    service: str
    what: str
    dollars: float
    """Dollars for ``of`` of them."""
    of: float = MILLION

    def for_number(self, number: float) -> float:
        """Return what a number of them costs."""
        return number / self.of * self.dollars


# aws.amazon.com/s3/pricing (Requests & data retrievals, S3 Standard): $0.0004 and $0.005 per 1,000.
S3_GET = Price("S3", "GET", 0.40)
S3_LIST = Price("S3", "LIST", 5.00)
# aws.amazon.com/sqs/pricing: standard queues, each call of up to 64 KB. What S3 sends is paid for too
# (docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html), and what Lambda receives and deletes.
SQS_REQUEST = Price("SQS", "SQS requests", 0.40)
# aws.amazon.com/lambda/pricing (x86).
LAMBDA_REQUEST = Price("Lambda", "invocations", 0.20)
LAMBDA_SECOND = Price("Lambda", "GB-seconds", 0.0166667, 1000)
# aws.amazon.com/dynamodb/pricing/on-demand, halved in November 2024
# (aws.amazon.com/blogs/database/new-amazon-dynamodb-lowers-pricing-for-on-demand-throughput-and-global-tables/).
WRITE_UNIT = Price("DynamoDB", "write units", 0.625)
READ_UNIT = Price("DynamoDB", "read units", 0.125)
STORED_BYTE = Price("DynamoDB", "byte-months", 0.25, _GIB)
# aws.amazon.com/cloudwatch/pricing: standard class, ingestion.
LOGGED_BYTE = Price("CloudWatch Logs", "bytes", 0.50, _GB)
# aws.amazon.com/eventbridge/pricing counts S3's events among its "opt-in data events", apart from the management events
# that are free. Other web pages often call them free.
EVENTBRIDGE_EVENT = Price("EventBridge", "events", 1.00)

ALL = (
    S3_GET,
    S3_LIST,
    SQS_REQUEST,
    LAMBDA_REQUEST,
    LAMBDA_SECOND,
    WRITE_UNIT,
    READ_UNIT,
    STORED_BYTE,
    LOGGED_BYTE,
)
