"""What the demo's customers ask and what they are told. Written for the demo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject with its talk, customer first, taking turns; `queue` is a position in the organization's list."""

    subject: str
    queue: int
    talk: tuple[str, ...]
    intent: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    record_type: str
    title: str
    regarding: str
    queue: int


HARBOR_TOPICS = (
    Topic("Parcel has not moved for four days", 0, (
        "Hi, tracking says my parcel is in the Rotterdam depot since Monday. Is it stuck?",
        "Hello, let me look at it with the carrier. May I have the order number?",
        "It's 48-20931. I need the shoes for a wedding on Saturday.",
        "Thank you. The carrier has found it; it goes out tomorrow morning.",
        "That would just about work. Thanks a lot!",
    ), "Track order"),
    Topic("Delivered to the wrong neighbour", 0, (
        "The driver's note says number 14, but nobody there knows about my package.",
        "I'm sorry to hear that. I'll ask the driver for the photo of the delivery.",
        "Please do. It's a birthday present.",
        "The photo shows a green door. Is there one near you?",
        "Oh, that's number 41. I'll go and ask.",
    ), "Track order"),
    Topic("Change the delivery address", 0, (
        "I moved last week and forgot to change the address on my order. Is it too late?",
        "It has not left yet, so we can change it. What is the new address?",
        "Lindenlaan 8, 2012 AB Haarlem.",
        "Done. You'll get a confirmation in a few minutes.",
    ), "Track order"),
    Topic("Lamp arrived broken", 1, (
        "The glass of my new floor lamp arrived in pieces.",
        "That's a pity. Could you send a photo of the box and the lamp?",
        "I've just sent two photos to this chat.",
        "Thank you. Would you like a new one or your money back?",
        "A new one, please.",
        "A replacement leaves our warehouse today. You needn't send the old one back.",
    ), "Report damage"),
    Topic("Refund still missing after two weeks", 1, (
        "I sent back a jacket on the 3rd and the money hasn't arrived. This is the third time I'm asking.",
        "I understand that this is annoying. I see the return; the refund was held by a check.",
        "Nobody told me about a check. When do I get it?",
        "I've released it now. Your bank needs one to three days.",
    ), "Return item"),
    Topic("Exchange for a larger size", 1, (
        "Can I swap the hiking boots in 42 for a 43 without paying shipping again?",
        "Yes, an exchange is free within 30 days. I'll send you a label.",
        "Great. Do I need the original box?",
        "Any sturdy box will do.",
    ), "Return item"),
    Topic("Return label does not print", 1, (
        "The label in your e-mail is just a grey square when I print it.",
        "I can make you a code instead: the shop prints the label for you.",
        "Perfect, I don't have a printer anyway.",
    ), "Return item"),
    Topic("Which coffee machine is quieter?", 2, (
        "I'm choosing between the Brisa 2 and the Corto. Which one makes less noise in the morning?",
        "The Corto is clearly quieter, about like a talk in the next room.",
        "And cleaning?",
        "Both have a tray that comes out in one move. The Corto rinses itself.",
        "Then the Corto it is.",
    ), "Compare products"),
    Topic("Is the oak table in stock in Utrecht?", 2, (
        "Before I drive there: is the oak table, 180 cm, on display in Utrecht?",
        "It is on display, and two are in the warehouse behind the shop.",
        "Can you keep one for me until Friday?",
        "Reserved in your name until Friday, 18:00.",
    ), "Check availability"),
    Topic("Present for a ten-year-old", 2, (
        "My niece turns ten and likes building things. Any idea below 40 euros?",
        "The marble run is our most given present at that age. It costs 34.95.",
        "Does it come gift-wrapped?",
        "It does, for 2.50, with a card.",
    ), "Gift advice"),
    Topic("Discount code refused", 3, (
        "AUTUMN15 says expired but your message says until Sunday",
        "You are right, the code was switched off too early. I'll add the discount by hand.",
        "thanks!!",
    )),
    Topic("Opening hours on the holiday", 3, (
        "are you open on monday?",
        "Monday is a holiday: our shops open from 12 to 17.",
        "ok thx",
    )),
    Topic("Pick-up code not received", 3, (
        "I'm standing in the shop and have no pick-up code",
        "One moment, I'm sending it again to this number.",
        "got it",
    ), "Track order"),
    Topic("Warranty of a vacuum cleaner", 3, (
        "Bought it 20 months ago and it smells burnt. Still under warranty?",
        "It is, for 24 months. Please unplug it; we'll collect it.",
        "Wednesday morning would suit me.",
    ), "Report damage"),
)  # fmt: skip

HARBOR_CALLS = (
    Topic("Call about an invoice", 4, ("I was charged twice.", "I see both charges; one is reversed now.")),
    Topic("Call about assembly", 4, ("The drawers don't fit into the frame.", "Let us go through step six together.")),
    Topic("Call about a complaint", 4, ("Nobody has called me back since Tuesday.", "I'm sorry. Here is your file.")),
)  # fmt: skip

HARBOR_RECORDS = (
    Record("case", "Sofa delivered in two colours", "Order 48-19377", 5),
    Record("case", "Price difference between shop and site", "Article 77120", 5),
    Record("case", "Missing screws, third report this month", "Article 61544", 5),
    Record("email", "Re: your order 48-20664", "Order 48-20664", 6),
    Record("email", "Question about the warranty extension", "Warranty 9921", 6),
    Record("activity", "Call the supplier about late lamps", "Supplier Lumen", 6),
    Record("activity", "Check address with the carrier", "Order 48-20811", 6),
)

SUMMIT_TOPICS = (
    Topic("Two rooms near the lake in July", 0, (
        "We are two families and look for a place at Lake Garda, second week of July.",
        "How lovely. How many children are with you, and how old are they?",
        "Four, between three and nine.",
        "I have a house with a garden in Bardolino, five minutes from the water.",
        "That sounds right. Could you hold it for two days?",
        "It is held until Thursday noon.",
    ), "Find a trip"),
    Topic("Seats together on the flight to Oslo", 0, (
        "We booked as three but got seats in different rows.",
        "I can move you to row 23, all three together.",
        "Is that near the toilets?",
        "No, it's in the middle of the cabin.",
        "Then please.",
    ), "Change booking"),
    Topic("Confirmation never arrived", 0, (
        "I paid yesterday and there is still no confirmation.",
        "The payment is here. The address had a typing error: gmial. Shall I correct it?",
        "Embarrassing. Yes, please.",
    ), "Find a trip"),
    Topic("Cancel because of illness", 1, (
        "My mother has to go to hospital and we can't travel on Friday. What can be done?",
        "I'm very sorry. Your fare allows a change without fee, or a refund with a doctor's note.",
        "We'd rather move it to spring.",
        "I keep the full value as a voucher until next November.",
    ), "Change booking"),
    Topic("Name spelled wrong on the ticket", 1, (
        "The ticket says Jon instead of John. Will they let me board?",
        "One letter is fine with most airlines, but I'll have it corrected.",
        "How long does it take? I fly tomorrow!",
        "It's done: your new ticket is in your mail.",
    ), "Change booking"),
    Topic("Moved by a day by the airline", 1, (
        "The airline moved our flight to Sunday, but our cruise leaves on Saturday. This can't be true.",
        "That can't work indeed. I'm asking for seats with another airline.",
        "We won't pay for it.",
        "You needn't. There are seats on Saturday at 6:40; may I take them?",
        "Early, but yes.",
    ), "Missed connection"),
    Topic("Upgrade for the anniversary", 1, (
        "Is there a way to get a room with a view for our 25th anniversary?",
        "I've written to the hotel; they have a corner room for 30 more a night.",
        "Let's do it, but don't tell my husband.",
    ), "Change booking"),
    Topic("Visa for a stopover in Istanbul", 2, (
        "Do I need a visa if I only change planes in Istanbul with a South African passport?",
        "Not if you stay in the transit area. Is your luggage checked through?",
        "Yes, to Tbilisi.",
        "Then you need nothing else.",
    ), "Visa question"),
    Topic("What to wear in Iceland in May", 2, (
        "It's my first time in Iceland. How cold is it in May?",
        "Between 2 and 10 degrees and windy. Layers, and a jacket that keeps rain out.",
        "Swimsuit?",
        "Certainly: for the hot springs.",
    ), "Packing advice"),
    Topic("Safari with small children", 2, (
        "Is there a safari that takes children below six?",
        "Two lodges in the Madikwe reserve do, and there's no malaria there.",
        "Could you send me prices for October?",
        "With pleasure, within the hour.",
    ), "Find a trip"),
    Topic("Missed the connection in Frankfurt", 3, (
        "we landed late and the flight to lisbon is gone",
        "I see it. I have you on the 21:15, gate B44. Please go there now.",
        "running",
        "They are holding it for eleven of you.",
    ), "Missed connection"),
    Topic("Suitcase did not arrive", 3, (
        "My suitcase isn't on the belt and the desk is closed.",
        "Please send me a photo of the luggage tag; I'll file the report for you.",
        "sent",
        "It is still in Paris and comes with the morning flight to your hotel.",
    ), "Lost luggage"),
    Topic("Hotel knows nothing of us", 3, (
        "Standing at the reception in Porto, they say there is no booking!",
        "I'm calling them on the other line. Please don't leave.",
        "ok but hurry, kids are tired",
    ), "Change booking"),
    Topic("Transfer driver is not there", 3, (
        "no driver with my name at the exit",
        "He is at exit C, white van. I'm sending him your number.",
        "found him thanks",
    ), "Missed connection"),
)  # fmt: skip

SUMMIT_CALLS = (
    Topic("Call about a group trip", 4, ("We are 24 people of a choir.", "Wonderful, let's begin with the dates.")),
    Topic("Call about a strike", 4, ("Will my train run tomorrow?", "The night train does; the others are cancelled.")),
    Topic("Call from the airport", 4, ("They won't let me check in.", "Please pass me to the person at the desk.")),
)

SUMMIT_RECORDS = (
    Record("case", "Compensation for flight SK 4711", "Booking 7QX2LM", 5),
    Record("case", "Water damage in the holiday house", "Booking 3BK9PD", 5),
    Record("case", "Luggage lost for good", "Booking 8RT5WN", 5),
    Record("email", "Invoice for the company trip", "Booking 5HJ1ZC", 6),
    Record("email", "Thank you for a lovely week", "Booking 2MN8QA", 6),
    Record("activity", "Ask the hotel for the deposit", "Booking 6LP4XE", 6),
    Record("activity", "Send visa forms", "Booking 9CV3YU", 6),
)

TOPICS = {"harbor": HARBOR_TOPICS, "summit": SUMMIT_TOPICS}
CALLS = {"harbor": HARBOR_CALLS, "summit": SUMMIT_CALLS}
RECORDS = {"harbor": HARBOR_RECORDS, "summit": SUMMIT_RECORDS}
