"""The entry points, one module for each function, so that a function's start imports only what that function needs.

Each translates, calls a job and answers. An exception that leaves an entry point means "try again" or "bad caller"
(401, 403, 400). Chalice's blueprints name each function's own module as its handler
(https://aws.github.io/chalice/topics/blueprints.html), so Lambda imports that module when it starts the function, and
not ``app.py``. ``tests/app/test_starts.py`` holds what each of them imports. The rights of each function are in
``.chalice/policy-*.json``.
"""

from aws_lambda_powertools import Logger

from chalicelib import first_line

logger = Logger()
first_line.write()
