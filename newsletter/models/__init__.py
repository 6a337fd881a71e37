"""Every table of the installation; `metadata` is what migrations are checked against."""

from newsletter.models.articles import Article, ArticleBand, ArticleSighting, ArticleTopic, ArticleVersion
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
from newsletter.models.editions import Edition, EditionFragment, EditionStatus, Story, StoryArticle, StoryRole
from newsletter.models.images import Image, KeptLogo
from newsletter.models.ledger import Alert, Delivery, DeliveryEvent, DeliveryState, MailKind, Suppression
from newsletter.models.sources import Source, SourceDay, SourceHub, SourceStatus, SourceTopic, Topic
from newsletter.models.throttle import Throttle, ThrottleShare

metadata = Base.metadata

__all__ = [
    "EVERY_DAY",
    "OPERATOR",
    "AddressChange",
    "Alert",
    "Article",
    "ArticleBand",
    "ArticleSighting",
    "ArticleTopic",
    "ArticleVersion",
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
    "SourceDay",
    "SourceHub",
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
