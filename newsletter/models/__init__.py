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
from newsletter.models.learning import MachineDay, MachineText, TopicCorrection, TopicModel
from newsletter.models.ledger import Alert, Delivery, DeliveryEvent, DeliveryState, MailKind, Suppression
from newsletter.models.pages import (
    AttemptCount,
    Comment,
    CommentState,
    ConfirmationCount,
    LeavingReason,
    PreferenceChange,
    PushBrowser,
)
from newsletter.models.search import StoryWords
from newsletter.models.sources import Source, SourceDay, SourceHub, SourceStatus, SourceTopic, Topic
from newsletter.models.threads import Thread, ThreadArticle, ThreadChange, ThreadChangeKind
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
    "AttemptCount",
    "Base",
    "Comment",
    "CommentState",
    "ConfirmationCount",
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
    "LeavingReason",
    "Length",
    "LinkRequest",
    "MachineDay",
    "MachineText",
    "MailKind",
    "PreferenceChange",
    "PushBrowser",
    "Source",
    "SourceDay",
    "SourceHub",
    "SourceStatus",
    "SourceTopic",
    "Story",
    "StoryArticle",
    "StoryRole",
    "StoryWords",
    "Subscriber",
    "SubscriberStatus",
    "Subscription",
    "Suppression",
    "Thread",
    "ThreadArticle",
    "ThreadChange",
    "ThreadChangeKind",
    "Throttle",
    "ThrottleShare",
    "Topic",
    "TopicCorrection",
    "TopicModel",
    "metadata",
]
