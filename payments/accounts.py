"""Accounts of theaters at gateways: keys come in, are tested, replaced and used, and never come out again.

Nobody is asked inside a transaction. The audit log has who did what, and of a key only its ending.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from lib.refusals import Refusal
from payments.errors import GatewayUnavailable
from payments.gateways import gateway_of
from payments.gateways.base import Identity, KeyRefused
from payments.locking import lock_account
from payments.models import GatewayAccount, KeyUnreadable
from payments.models.accounts import ENCRYPTED
from theaters.models import Theater

TestResult = GatewayAccount.TestResult


class AccountRefused(Refusal):
    message = _("This can’t be done with the account.")


class KeyNotAccepted(AccountRefused):
    message = _("The gateway does not accept this key.")


class KeyOfAnotherAccount(AccountRefused):
    message = _("This key belongs to another account at the gateway. Add that as an account of its own.")


class KeyOfAnotherKind(AccountRefused):
    message = _("A key for tests can’t replace one for real money, nor the other way round. Add another account.")


class AccountKnown(AccountRefused):
    message = _("This theater has that account at the gateway already.")


class AccountNotTested(AccountRefused):
    message = _("Test the account first: it is used only after its test has succeeded.")


class SecretMissing(AccountRefused):
    message = _("Enter the signing secret of its webhooks first: payments would not be confirmed without it.")


class AnotherInUse(AccountRefused):
    message = _("Another account at this gateway is in use. Stop using that first.")


@dataclass(frozen=True)
class Keys:
    """What was typed; empty: as before. Its `repr` shows nothing."""

    key: str = ""
    webhook_secret: str = ""

    def __repr__(self) -> str:
        return "Keys(…)"


def add_account(*, theater: Theater, gateway: str, keys: Keys, by: User) -> GatewayAccount:
    """Keep a new account, which is not in use before it was tested."""
    account = GatewayAccount(theater=theater, gateway=gateway)
    account.is_live = gateway_of(account).is_live(keys.key)
    with transaction.atomic():
        _set(account, keys)
        account.save()
        _record(account, Action.ADD_ACCOUNT, by, after=_describe(account))
    return account


def replace_keys(*, account: GatewayAccount, keys: Keys, by: User) -> GatewayAccount:
    """Replace the keys by others of the same account, which is in use with them at once.

    Call it outside a transaction. Raises `GatewayUnavailable` and `AccountRefused`.
    """
    identity: Identity | None = None
    if keys.key:
        gateway = gateway_of(account)
        if gateway.is_live(keys.key) != account.is_live:
            raise KeyOfAnotherKind
        try:
            identity = gateway.identify(keys.key)
        except KeyRefused as error:
            raise KeyNotAccepted from error
    with transaction.atomic():
        account = lock_account(account.pk)
        before = _describe(account)
        if identity is not None:
            if account.remote_id and identity.account_id != account.remote_id:
                raise KeyOfAnotherAccount
            _note(account, _judge(account, identity), identity, by)
        _set(account, keys)
        account.save()
        _record(account, Action.REPLACE_KEYS, by, before=before, after=_describe(account))
    return account


def check_account(*, account: GatewayAccount, by: User) -> GatewayAccount:
    """Ask the gateway whose account it is, and keep the answer. Call it outside a transaction."""
    identity: Identity | None = None
    asked = account.encrypted_key
    try:
        identity = gateway_of(account).identify(account.key)
        result = _judge(account, identity)
    except KeyUnreadable:
        result = TestResult.UNREADABLE
    except KeyRefused:
        result = TestResult.REFUSED
    except GatewayUnavailable:
        result = TestResult.UNREACHABLE
    with transaction.atomic():
        account = lock_account(account.pk)
        if account.encrypted_key != asked:
            # Replaced meanwhile, and tested by that.
            return account
        _note(account, result, identity, by)
        account.save()
        _record(account, Action.TEST_ACCOUNT, by, after={"result": str(result)})
    return account


def use_account(*, account: GatewayAccount, by: User) -> GatewayAccount:
    """Let the theater's customers pay to this account from now on. Repeatable. Raises `AccountRefused`."""
    with transaction.atomic():
        account = lock_account(account.pk)
        if account.is_in_use:
            return account
        if account.test_result != TestResult.WORKS:
            raise AccountNotTested
        if gateway_of(account).webhook_secret_shape and not account.encrypted_webhook_secret:
            raise SecretMissing
        others = GatewayAccount.objects.filter(theater=account.theater, is_in_use=True)
        used = set(others.values_list("gateway", flat=True))
        if account.gateway in used:
            raise AnotherInUse
        _write_gateways(account.theater, used | {account.gateway})
        account.is_in_use = True
        account.save(update_fields=["is_in_use"])
        _record(account, Action.USE_ACCOUNT, by)
    return account


def stop_using(*, account: GatewayAccount, by: User) -> GatewayAccount:
    """Begin no more payments with this account; those that were begun stay with it. Repeatable."""
    with transaction.atomic():
        account = lock_account(account.pk)
        if not account.is_in_use:
            return account
        account.is_in_use = False
        account.save(update_fields=["is_in_use"])
        used = GatewayAccount.objects.filter(theater=account.theater, is_in_use=True)
        _write_gateways(account.theater, set(used.values_list("gateway", flat=True)))
        _record(account, Action.STOP_USING_ACCOUNT, by)
    return account


def encrypt_accounts_again() -> int:
    """Encrypt all keys by the first of `ENCRYPTION_KEYS`; return of how many accounts.

    Raises `Undecipherable`, after which some are done and can be done again.
    """
    pks = list(GatewayAccount.objects.order_by("pk").values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            account = lock_account(pk)
            account.encrypt_again()
            account.save(update_fields=ENCRYPTED)
    return len(pks)


def _write_gateways(theater: Theater, names: set[str]) -> None:
    """Name in the theater's row where it has an account in use, in the order in which customers are offered them."""
    theater.own_gateways = " ".join(name for name in GatewayAccount.Gateway.values if name in names)
    theater.save(update_fields=["own_gateways"])


def _set(account: GatewayAccount, keys: Keys) -> None:
    if keys.key:
        account.set_key(keys.key)
    if keys.webhook_secret:
        account.set_webhook_secret(keys.webhook_secret)


def _judge(account: GatewayAccount, identity: Identity) -> TestResult:
    if account.remote_id and identity.account_id != account.remote_id:
        return TestResult.OTHER_ACCOUNT
    return TestResult.WORKS if identity.may_take_payments else TestResult.NOT_ACTIVE


def _note(account: GatewayAccount, result: TestResult, identity: Identity | None, by: User) -> None:
    """Note the answer, unsaved. Raises `AccountKnown`."""
    account.test_result, account.tested_at, account.tested_by = result, timezone.now(), by
    if identity is None or result == TestResult.OTHER_ACCOUNT:
        return
    same = GatewayAccount.objects.filter(theater=account.theater, gateway=account.gateway, is_live=account.is_live)
    if same.filter(remote_id=identity.account_id[:120]).exclude(pk=account.pk).exists():
        raise AccountKnown
    account.remote_id, account.remote_name = identity.account_id[:120], identity.name[:200]


def _describe(account: GatewayAccount) -> dict[str, str | bool]:
    return {"key": f"…{account.key_ending}", "webhook_secret": bool(account.encrypted_webhook_secret)}


def _record(
    account: GatewayAccount,
    action: Action,
    by: User,
    *,
    before: dict[str, str | bool] | None = None,
    after: dict[str, str | bool] | None = None,
) -> None:
    record(by=by, action=action, on=account, theater_id=account.theater_id, before=before, after=after)
