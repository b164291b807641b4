"""What is said of a data set that stages made: their run read, licences, parts of a report and of a card."""
