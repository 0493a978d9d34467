package evidence

var delivery = []Promise{}
