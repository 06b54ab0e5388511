"""The phone's doors: what carriers of SMS and USSD post to us.

What lives here
    routes.py     every address below; the doors are loaded with it, and by nothing else here
    hooks.py      who may call: the secret in the address; and forms read with care
    delivery.py   what became of a message we sent
    sms.py        what a resident wrote, as the vendor posts it
    inbound.py    an SMS, whichever carrier brings it: worked on once and answered
    repeats.py    which messages are worked on: no repeat, no echo of ours
    conversation/ from what was written to what is done and answered
    sentences.py  the answers by SMS, each in one part, from words/sms.{id,en}.toml
    forgetting.py what is past its time
    opt_outs.py   who told the vendor to be left alone
    aggregator.py the same of the carrier that a file describes
    acts.py       what a phone may do at an office, by SMS and USSD alike; lines.py the same about the waiting list
    turns.py      a visitor's place in the hall, as a phone reads it
    ussd.py       a phone that dials the menu
    menu/         that menu, screen by screen
    words/        what phones read, in both languages
    tables.py     what came in, and conversations that are not at their end
    grammar/      what an SMS from a resident means (pure); its own charter names its files

Callbacks are posted as forms, without signature and more than once. Each is answered as soon as it is committed,
and the same one twice has one effect. A wrong secret is answered like an address that does not exist. Addresses
hold the secret, so they are logged by template only.
"""
