"""The logins of the demo season, named for their roles."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.roles import Role
from notifications.models import Notification, NotificationPreference
from theaters.models import City, StaffMembership, Theater

PASSWORD = "demo-season"  # noqa: S105 (printed when the demo is loaded)


@dataclass(frozen=True)
class Login:
    email: str
    name: str
    role: str = ""
    theater: str = ""
    is_superuser: bool = False

    @property
    def may(self) -> str:
        if self.is_superuser:
            return "everything, everywhere"
        if not self.role:
            return "book, cancel, review"
        return f"{Role(self.role).label} of {self.theater}"


LOGINS = (
    Login("customer@example.com", "Demo customer"),
    Login("manager@example.com", "Demo manager", Role.MANAGER, "lindenbruecke"),
    Login("programmer@example.com", "Demo programmer", Role.PROGRAMMER, "lindenbruecke"),
    Login("box-office@example.com", "Demo box office", Role.BOX_OFFICE, "lindenbruecke"),
    Login("door@example.com", "Demo door staff", Role.DOOR, "lindenbruecke"),
    Login("accountant@example.com", "Demo accountant", Role.ACCOUNTANT, "lindenbruecke"),
    Login("opera@example.com", "Demo opera manager", Role.MANAGER, "north-quay-opera"),
    Login("admin@example.com", "Demo platform admin", is_superuser=True),
)
CUSTOMER_COUNT = 240


def load_logins() -> int:
    """Add the missing logins; passwords of existing ones stay. Return how many are new."""
    password = ""
    added = 0
    for login in LOGINS:
        if User.objects.filter(email=login.email).exists():
            continue
        # Hashing takes half a second, which a start without new logins does not need.
        password = password or make_password(PASSWORD)
        user = User.objects.create(
            email=login.email, name=login.name, password=password, is_superuser=login.is_superuser
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if login.role:
            StaffMembership.objects.create(user=user, theater=Theater.objects.get(slug=login.theater), role=login.role)
        added += 1
    return added


def load_customers() -> list[User]:
    """Return the customers of past sales, after adding the missing ones; they have no password."""
    emails = [f"customer-{number}@example.com" for number in range(1, CUSTOMER_COUNT + 1)]
    known = set(User.objects.filter(email__in=emails).values_list("email", flat=True))
    cities = list(City.objects.order_by("pk"))
    password = make_password(None)
    User.objects.bulk_create(
        User(
            email=email,
            name=f"Demo customer {number}",
            password=password,
            preferred_city=cities[number % len(cities)],
        )
        for number, email in enumerate(emails, start=1)
        if email not in known
    )
    users = list(User.objects.filter(email__in=emails).order_by("pk"))
    # No one reads their mail; otherwise the first start would ask hundreds for a review.
    NotificationPreference.objects.bulk_create(
        (NotificationPreference(user=user, kind=Notification.Kind.REVIEW_ASK, is_wanted=False) for user in users),
        ignore_conflicts=True,
    )
    have_address = set(EmailAddress.objects.filter(user__in=users).values_list("user_id", flat=True))
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
        if user.pk not in have_address
    )
    return users
