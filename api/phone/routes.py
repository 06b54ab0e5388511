"""Every address that carriers post to."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from api.phone.aggregator import take_report_by_template, take_sms_by_template
from api.phone.delivery import take_delivery_report
from api.phone.opt_outs import take_opt_out
from api.phone.sms import take_sms
from api.phone.ussd import take_ussd

ROUTES: list[ControllerRouterHandler] = [
    take_delivery_report, take_opt_out, take_sms, take_ussd, take_sms_by_template, take_report_by_template,
]
