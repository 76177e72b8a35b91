"""What an operator watches: metric objects that the rest of the code counts with."""
