"""How far a state and a table are on the way from DynamoDB locks to S3 locks."""
