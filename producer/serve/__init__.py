"""The served page: the page of `producer.page` over the live database, behind a login.

`triage serve` runs it. Reading goes through a connection that cannot write; what is written are
sessions, the audit, and what editors correct.

| folder | what is in it |
|---|---|
| `access` | who may see and do what: logins, sessions, tokens of forms |
| `filters` | from an address to the documents that it is about, and back |
| `facts` | the facts of a page, read once and kept until the data change |
| `documents` | lists of documents, and all that is known of one |
| `pages` | what answers a request, a page a file |

It needs the extra `serve`; nothing else imports it but the commands, inside of functions.
"""
