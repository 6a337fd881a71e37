"""Every table of the installation; `metadata` is what migrations are checked against."""

from newsletter.models.audience import (
    EVERY_DAY,
    OPERATOR,
    AddressChange,
    ConsentKind,
    ConsentRecord,
    Length,
    LinkRequest,
    Subscriber,
    SubscriberStatus,
    Subscription,
)
from newsletter.models.base import Base
from newsletter.models.images import Image, KeptLogo
from newsletter.models.ledger import Alert, Delivery, DeliveryEvent, DeliveryState, MailKind, Suppression
from newsletter.models.news import (
    Article,
    ArticleSighting,
    ArticleTopic,
    Edition,
    EditionFragment,
    EditionStatus,
    Source,
    SourceStatus,
    SourceTopic,
    Story,
    StoryArticle,
    StoryRole,
    Topic,
)
from newsletter.models.throttle import Throttle, ThrottleShare

metadata = Base.metadata

__all__ = [
    "EVERY_DAY",
    "OPERATOR",
    "AddressChange",
    "Alert",
    "Article",
    "ArticleSighting",
    "ArticleTopic",
    "Base",
    "ConsentKind",
    "ConsentRecord",
    "Delivery",
    "DeliveryEvent",
    "DeliveryState",
    "Edition",
    "EditionFragment",
    "EditionStatus",
    "Image",
    "KeptLogo",
    "Length",
    "LinkRequest",
    "MailKind",
    "Source",
    "SourceStatus",
    "SourceTopic",
    "Story",
    "StoryArticle",
    "StoryRole",
    "Subscriber",
    "SubscriberStatus",
    "Subscription",
    "Suppression",
    "Throttle",
    "ThrottleShare",
    "Topic",
    "metadata",
]
