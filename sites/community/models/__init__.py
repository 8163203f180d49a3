from sites.community.models.announcement import Announcement
from sites.community.models.comment import Comment, CommentLike
from sites.community.models.house_page import HousePage
from sites.community.models.mute import Mute
from sites.community.models.notification import Kind, Notification
from sites.community.models.report import Report, ReportReason, ReportState

__all__ = [
    "Announcement",
    "Comment",
    "CommentLike",
    "HousePage",
    "Kind",
    "Mute",
    "Notification",
    "Report",
    "ReportReason",
    "ReportState",
]
