from sites.community.models.notification import Kind, Notification

__all__ = ["Kind", "Notification"]
