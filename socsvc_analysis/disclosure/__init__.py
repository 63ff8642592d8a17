"""Small numbers of people hidden before anyone sees them, and the attack that shows that they stay hidden.

``protection`` is the way in; ``design`` says what is published, ``suppression`` what is hidden of it, ``audit`` attacks
the result, and ``gate`` attacks finished files as a reader gets them.
"""
