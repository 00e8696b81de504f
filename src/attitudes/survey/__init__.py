"""Who answered: readers, coding of answers, ledger, sampling design, Survey."""
