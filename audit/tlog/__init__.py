"""The transparency log's own formats: RFC 6962 trees in C2SP tiles, under signed notes. Knows nothing of the desk."""
