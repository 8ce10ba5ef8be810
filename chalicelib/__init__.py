"""tflock-reaper: the map of this house.

Each line of code has one room: it decides (``core``), it orders (``jobs``), or it touches the world (``aws``,
``slack``).

==================  ==========================================================================================
``core``            decides; pure: no clock, no environment, no SDK
``core.locks``      where a lock is kept and what it is; ``core.locks.terraform`` has all that is Terraform's
``core.alerts``     the table of an alert's next steps, the page of a lock in the lock book, what messages say;
                    ``core.alerts.transitions`` has the lock book's rules
``core.joint``      joint alerts: which locks one run left behind, and what may be done with all of them
``core.targets``    what target rules find, and what is remembered of it
``core.clicks``     who may do what, and how it ended
``core.audit``      what AWS told, which hold it began or ended, the journal's lines as they are written and read
``core.notifications``
                    what buckets tell, and to whom: merges ours into theirs, shows the difference, writes HCL
``core.doctor``     what is checked of a set-up, and what a look at it means; one folder for each area of checks
``core.nights``     what a night sweeps, what came of each target, and the summary of it
``ports``           the Protocols that the jobs need, and the failures that these may raise
``jobs``            does the reaper's work; reaches the world only through ``ports``
``jobs.alerts``     carries out the table of next steps for each lock
``jobs.clicks``     carries out what people click
``jobs.joint``      tells of joint alerts, and carries out what people click there
``jobs.doctor``     has the doctor look at a set-up, and tells of what became worse
``jobs.targets``    has the target rules look for targets, and knows these between two nights
``jobs.runs``       shares the time of one run among its tasks
``aws``             everything that imports boto3 or powertools
``aws.accounts``    enters other accounts: a session for each errand, narrowed to it
``aws.locks``       reads, deletes and puts locks; one module for each kind of place; ``aws.locks.listing`` lists those
                    of a bucket: it cuts pages before they are parsed, and splits giant buckets
``aws.doctor``      looks at buckets, tables and the reaper's own parts for the doctor; it only reads
``aws.discovery``   looks into accounts for what target rules name
``aws.events``      translates the payloads of AWS's events; pure
``aws.orders``      orders from one function to another: their form on the wire, and their queues
``aws.book``        the reaper's memory, in its one DynamoDB table
``slack``           everything that knows Slack: requests in, messages out
``slack.web``       calls Slack's Web API
``slack.doctor``    looks at the Slack app for the doctor; it posts nothing
``slack.words``     every word that Slack shows; pure
``entries``         the entry points, one module for each function: it translates, calls a job and answers
``slack_over_http`` checks what comes to the API; whoever is not Slack gets an HTTP error
``told_by_aws``     reads what AWS tells of locks, by rules that know the buckets that were found by now
``click_orders``    what the two functions that carry out clicks share
``check_rules``     the function that checks a ``reaper.toml`` for whoever installs; it is in no stack of the reaper
``config``          checks ``reaper.toml``; no function of the stack uses it
``checked_rules``   reads and writes the file that carries the checked rules to the functions
``version``         says which version of the reaper this is; ``checkout`` does, of code that nobody built
``first_line``      writes it into the log, before all other lines of a process
``stack``           what an installation gives the stack: its parameters and the layer with the checked rules
``wiring``          the composition root: the only module that puts real things behind the ports
``wiring_doctor``   the part of it that only the weekly look needs: which looks are taken at what
``wiring_slack``    the part of it that the function behind the API needs, which starts while Slack waits
``wiring_rules``    the part of it that every other part needs: the rules, with the targets that are known now
==================  ==========================================================================================

Imports point one way (``tests/test_imports.py`` checks it): ``app -> entries``; ``entries -> wiring, jobs, ports, core,
aws.batches, aws.by_hand, aws.events, aws.metrics, aws.orders, slack_over_http, slack.requests, slack.words.listings,
slack.response_url, told_by_aws, click_orders, checked_rules, first_line, version``;
``slack_over_http -> wiring_slack, core, slack.requests``; ``told_by_aws -> wiring, core, aws.events``;
``click_orders -> wiring, core, ports``; ``wiring, wiring_doctor, wiring_slack, wiring_rules ->`` everything but
``config`` and ``entries``;
``check_rules -> stack -> config -> checked_rules -> core``;
``aws, slack -> ports, core``; ``jobs -> ports, core``; ``ports -> core``; ``core ->`` the standard library and msgspec.
``aws`` and ``slack`` never import each other, and no job imports them. ``tflocks/``, the operators' command line,
imports ``core``, ``aws`` and the failures of ``ports``; nothing here imports it.
"""
