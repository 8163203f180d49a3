"""What the writing desk (publish) and the office (internal) share: their site class and look."""
