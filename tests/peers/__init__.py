"""What the carriers' adapters talk to in tests: real servers on loopback.

    aggregator.py  an HTTP server that answers as it is told
    smsd.py        the real gammu-smsd on Gammu's dummy phone
    post.py        an SMTP server
    relay.py       a line between us and a server, which can be cut or made to hang
"""
