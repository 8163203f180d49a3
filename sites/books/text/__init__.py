"""The text of a chapter: clean HTML whose paragraphs carry ids that survive editing.

What comes from outside goes through ``clean.clean_html``, then through
``paragraphs.assign_paragraph_ids``; what goes to a page goes through ``draw.draw_text``.
"""
