from sites.community.models.announcement import Announcement
from sites.community.models.house_page import HousePage
from sites.community.models.notification import Kind, Notification

__all__ = ["Announcement", "HousePage", "Kind", "Notification"]
