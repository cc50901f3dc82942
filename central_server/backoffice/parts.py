"""What `app` takes from this room: routers, and everything pages need on the application."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from central_server.backoffice.account_pages import router as account
from central_server.backoffice.article_costs import router as article_costs
from central_server.backoffice.article_list_page import router as article_list
from central_server.backoffice.article_media import router as article_media
from central_server.backoffice.article_pages import router as articles
from central_server.backoffice.assets import router as assets
from central_server.backoffice.audit_pages import router as audit
from central_server.backoffice.batch_pages import router as batches
from central_server.backoffice.cash_page import router as cash
from central_server.backoffice.code_batch_pages import router as code_batches
from central_server.backoffice.code_rules import router as code_rules
from central_server.backoffice.customer_pages import router as customers
from central_server.backoffice.day_page import router as day
from central_server.backoffice.exception_pages import router as exceptions
from central_server.backoffice.exceptions_api import router as exceptions_api
from central_server.backoffice.figures_page import router as figures
from central_server.backoffice.import_pages import router as imports
from central_server.backoffice.job_pages import router as jobs
from central_server.backoffice.journal_file import router as journal_files
from central_server.backoffice.key_pages import router as keys
from central_server.backoffice.live_page import router as live
from central_server.backoffice.login import SignInGuard
from central_server.backoffice.login import router as login
from central_server.backoffice.offer_pages import router as offers
from central_server.backoffice.people_pages import router as people
from central_server.backoffice.plan_file import router as plan_files
from central_server.backoffice.plan_page import router as plan
from central_server.backoffice.price_pages import router as prices
from central_server.backoffice.promotion_calendar import router as promotion_calendar
from central_server.backoffice.promotion_draft_pages import router as promotion_drafts
from central_server.backoffice.promotion_effect import TrialDesk
from central_server.backoffice.promotion_pages import router as promotions
from central_server.backoffice.receipt_pages import router as receipts
from central_server.backoffice.release_pages import router as releases
from central_server.backoffice.report_mail_pages import router as report_mails
from central_server.backoffice.rollout_pages import router as rollouts
from central_server.backoffice.search_page import router as search
from central_server.backoffice.shell import install_shell
from central_server.backoffice.stock_pages import router as stock
from central_server.backoffice.store_pages import router as stores
from central_server.backoffice.till_pages import router as tills
from central_server.backoffice.value_pages import router as values
from central_server.backoffice.visitors import session_provider
from central_server.backoffice.webhook_pages import router as webhooks
from central_server.backoffice.write_off_pages import router as write_offs

ROUTERS: tuple[APIRouter, ...] = (
    login,
    account,
    search,
    people,
    keys,
    webhooks,
    audit,
    article_list,
    articles,
    article_costs,
    article_media,
    imports,
    prices,
    offers,
    promotion_drafts,
    promotion_calendar,
    code_batches,
    promotions,
    releases,
    code_rules,
    rollouts,
    day,
    receipts,
    tills,
    exceptions,
    figures,
    live,
    plan,
    plan_files,
    stock,
    cash,
    batches,
    write_offs,
    values,
    jobs,
    stores,
    journal_files,
    report_mails,
    customers,
    exceptions_api,
    assets,
)


def install_back_office(app: FastAPI) -> None:
    """Sign-in, page headers, templates, texts and files. `app.state.system_clock` must be there already."""
    app.state.session_provider = session_provider
    app.state.trial_desk = TrialDesk()
    app.state.sign_in_guard = SignInGuard(app.state.system_clock)
    install_shell(app)
