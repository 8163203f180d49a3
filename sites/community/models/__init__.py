from sites.community.models.announcement import Announcement
from sites.community.models.comment import Comment, CommentLike
from sites.community.models.highlight import Colour, Highlight
from sites.community.models.house_page import HousePage
from sites.community.models.mute import Mute
from sites.community.models.notification import Kind, Notification
from sites.community.models.notification_choice import NotificationChoice
from sites.community.models.report import Report, ReportReason, ReportState
from sites.community.models.review import Review
from sites.community.models.review_vote import ReviewVote

__all__ = [
    "Announcement",
    "Colour",
    "Comment",
    "CommentLike",
    "Highlight",
    "HousePage",
    "Kind",
    "Mute",
    "Notification",
    "NotificationChoice",
    "Report",
    "ReportReason",
    "ReportState",
    "Review",
    "ReviewVote",
]
