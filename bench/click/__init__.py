"""What a click and ``/tflocks`` cost, cold and warm, beside a Slack app of bolt-python on Chalice."""
