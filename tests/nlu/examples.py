"""What a small brand's customers write: intent -> examples, FAQ id -> questions and answer."""

EXAMPLES = {
    "report/billing": [
        "I was charged twice for my subscription last week and nobody helps me",
        "you took the money from my card twice, please refund one payment",
        "my refund has not arrived, I sent the thing back two weeks ago",
        "there is a payment on my bank statement that I do not know",
        "why did you charge me after I cancelled the plan",
        "the invoice is wrong, I paid less than what it says",
    ],
    "report/delivery": [
        "my parcel has not arrived and the tracking has not moved for days",
        "the courier says delivered but there is nothing here",
        "where is my package, it should have been here on monday",
        "order still not shipped after two weeks, I need it for a birthday",
        "half of my delivery is missing from the box",
        "the driver left the parcel in the rain at the wrong house",
    ],
    "report/technical_issue": [
        "the app crashes every time I open the live view on my phone",
        "the camera keeps going offline since the last update",
        "the screen freezes and I get an error when I try to connect",
        "notifications do not work any more, nothing shows up at all",
        "it will not connect to wifi, I restarted everything and still broken",
        "the app does not load, only a blank white screen",
    ],
    "inform": ["its BN-104233", "since tuesday", "the blue one", "me@example.com", "BN104233"],
    "greet": ["hi", "hello", "hey there", "good evening", "hello bot"],
    "thanks": ["thanks", "thank you so much", "cheers", "ty", "great thanks"],
    "affirm": ["yes", "yes please", "yep", "correct", "sure"],
    "deny": ["no", "nope", "no thank you", "not really", "nah"],
}
QUESTIONS = {
    "return_period": [
        "how long do I have to return something",
        "what is your return period",
        "can I send it back after 20 days",
        "within how many days can I return an order",
    ],
    "opening_hours": [
        "what are your opening hours",
        "when are you open",
        "until what time can I reach you",
        "are you open on sundays",
    ],
}
ANSWERS = {
    "return_period": "You can send anything back within 30 days of getting it.",
    "opening_hours": "We are there from Monday to Friday, 9:00 to 18:00.",
}
